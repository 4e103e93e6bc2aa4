/// The card's side of T=0: receives headers, requests data by procedure bytes, and answers (ISO/IEC 7816-3, 10.3).
public struct T0Responder: TransmissionEngine, Sendable {
    /// How data are transferred.
    public enum Acknowledgement: Sendable, Hashable {
        /// ACK: all remaining bytes at once.
        case all
        /// ACK complemented: one byte, then the next procedure byte.
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
    ///   - parameters: the result of answer to reset and PPS.
    ///   - directions: which commands bring data; the header does not say.
    ///   - acknowledgement: how data are transferred.
    public init(
        _ parameters: TransmissionParameters, directions: T0Directions, acknowledgement: Acknowledgement = .all
    ) {
        self.directions = directions
        self.acknowledgement = acknowledgement
        nullInterval = parameters.waitingTime / 2
    }

    /// Returns a complete TPDU, once. ``answer(_:at:)`` is due then; until it is called, NULL bytes are sent.
    public mutating func dequeueCommand() -> [UInt8]? {
        defer { command = nil }
        return command
    }

    /// Answers the TPDU: data (all of Le or none) and status word.
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

    public mutating func dequeueOutgoing() -> [UInt8] {
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
