/// The card's end of T=0: takes headers, asks for data by procedure bytes, and answers (ISO/IEC 7816-3, 10.3).
public struct T0Responder: TransmissionEngine, Sendable {
    /// How data are moved.
    public enum Acknowledgement: Sendable, Hashable {
        /// ACK: all that is left at once.
        case all
        /// ACK complemented: one byte, and then anew.
        case single
    }

    private enum Stage: Sendable, Equatable {
        case header
        case data
        case working
        case answering
    }

    private let acknowledgement: Acknowledgement
    private let directions: T0Directions
    private let nullInterval: Int
    private var stage = Stage.header
    private var received: [UInt8] = []
    private var outgoing: [UInt8] = []
    private var command: [UInt8]?
    public private(set) var deadline: Int?

    /// - Parameters:
    ///   - parameters: what the answer to reset and PPS gave.
    ///   - directions: which commands bring data; a header does not tell.
    ///   - acknowledgement: how data are moved.
    public init(
        _ parameters: TransmissionParameters, directions: T0Directions, acknowledgement: Acknowledgement = .all
    ) {
        self.directions = directions
        self.acknowledgement = acknowledgement
        nullInterval = parameters.waitingTime / 2
    }

    /// Takes the TPDU that has come whole, once. ``answer(_:at:)`` is due then; until it comes, NULL bytes go out.
    public mutating func takeCommand() -> [UInt8]? {
        defer { command = nil }
        return command
    }

    /// Answers the TPDU: data, all of Le or none, and status word.
    public mutating func answer(_ response: [UInt8], at now: Int) {
        guard stage == .working else { return }
        deadline = nil
        stage = .answering
        let ins = received[1]
        let asked = received.count > 5 ? 0 : received[4] == 0 ? 256 : Int(received[4])
        let status = Array(response.suffix(2))
        let data = response.dropLast(2)
        if data.isEmpty {
            outgoing = status
        } else if data.count != asked {
            outgoing = [0x6F, 0x00]
        } else if acknowledgement == .all {
            outgoing = [ins] + data + status
        } else {
            outgoing = data.flatMap { [~ins, $0] } + status
        }
    }

    public var hasOutgoing: Bool { !outgoing.isEmpty }

    public mutating func takeOutgoing() -> [UInt8] {
        defer { outgoing = [] }
        return outgoing
    }

    public mutating func sent(edge: Int) {
        switch stage {
        case .answering:
            received = []
            stage = .header
        case .working: deadline = edge + nullInterval
        case .header, .data: break
        }
    }

    public mutating func received(_ byte: UInt8?, edge: Int) {
        guard let byte else { return }
        switch stage {
        case .header:
            received.append(byte)
            guard received.count == 5 else { return }
            if received[4] > 0, directions.bringsData(received) {
                stage = .data
                acknowledge()
            } else {
                work(edge)
            }
        case .data:
            received.append(byte)
            if received.count == 5 + Int(received[4]) {
                work(edge)
            } else if acknowledgement == .single {
                acknowledge()
            }
        case .working, .answering: break
        }
    }

    public mutating func timeReached(_ now: Int) {
        guard stage == .working else { return }
        deadline = nil
        outgoing = [0x60]
    }

    private mutating func acknowledge() { outgoing = [acknowledgement == .all ? received[1] : ~received[1]] }

    private mutating func work(_ edge: Int) {
        stage = .working
        command = received
        deadline = edge + nullInterval
    }
}
