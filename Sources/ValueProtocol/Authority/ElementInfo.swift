public import ISO7816

/// What an element tells of itself to everybody (protocol §4, SELECT).
public struct ElementInfo: Sendable, Hashable {
    public let eid: PartyID
    public let state: LifeCycle
    /// The keys that it holds, ascending.
    public let keys: [KeyName]

    /// The newest version of `purpose` that it holds.
    public func newest(_ purpose: Purpose) -> KeyName? { keys.last { $0.purpose == purpose } }

    public init(eid: PartyID, state: LifeCycle, keys: [KeyName]) {
        self.eid = eid
        self.state = state
        self.keys = keys
    }

    /// Selects an application, the purse unless another is named, and takes what it tells.
    ///
    /// - Throws: `SessionError` `.noAnswer`, `.noApplication`, `.malformedAnswer`.
    public static func select(
        _ application: Application = .purse, over channel: any CardChannel
    ) throws(SessionError) -> ElementInfo {
        let response = try channel.exchange(0x00, 0xA4, 0x04, 0x00, application.aid, "SELECT")
        guard response.status == .success else {
            throw SessionError(.noApplication, "SELECT \(application)", status: response.status)
        }
        guard let info = ElementInfo(fci: response.data, of: application) else {
            throw SessionError(.malformedAnswer, "SELECT \(application)")
        }
        return info
    }
}

/// The two applications of a card of this system (protocol §4).
public enum Application: String, Sendable, Hashable, CustomStringConvertible {
    case purse = "purse application"
    case masterKey = "master-key application"

    /// Seven bytes.
    public var aid: [UInt8] {
        switch self {
        case .purse: [0xF0, 0x56, 0x53, 0x54, 0x4F, 0x52, 0x45]
        case .masterKey: [0xF0, 0x56, 0x53, 0x4D, 0x4B, 0x45, 0x59]
        }
    }

    public var description: String { rawValue }
}

extension ElementInfo {
    /// `6F { 84 AID, A5 { 80 EID, 81 version, 82 state, 83 (purpose ‖ version)* } }`
    public func fci(of application: Application) -> [UInt8] {
        var own: [UInt8] = [0x80, 8]
        own.append(eid)
        own += [0x81, 1, 1, 0x82, 1, state.rawValue, 0x83, UInt8(2 * keys.count)]
        for key in keys { own.append(key) }
        let inner = [0x84, UInt8(application.aid.count)] + application.aid + Self.wrapped(0xA5, own)
        return Self.wrapped(0x6F, inner)
    }

    private static func wrapped(_ tag: UInt8, _ value: [UInt8]) -> [UInt8] {
        [tag] + (value.count < 128 ? [] : [0x81]) + [UInt8(value.count)] + value
    }

    init?(fci: ArraySlice<UInt8>, of application: Application) {
        guard let outer = Self.only(0x6F, fci), let fields = Self.fields(outer), fields[0x84] == application.aid[...],
            let own = fields[0xA5].flatMap(Self.fields), own[0x81] == [1],
            let id = own[0x80], id.count == 8, let state = own[0x82]?.first.flatMap(LifeCycle.init(rawValue:)),
            let list = own[0x83], list.count % 2 == 0
        else { return nil }
        var keys: [KeyName] = []
        for index in stride(from: list.startIndex, to: list.endIndex, by: 2) {
            guard let purpose = Purpose(rawValue: list[index]) else { return nil }
            keys.append(KeyName(purpose, list[index + 1]))
        }
        self.init(eid: PartyID(rawValue: id.reduce(0) { $0 << 8 | UInt64($1) }), state: state, keys: keys)
    }

    private static func only(_ tag: UInt8, _ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let all = fields(bytes), all.count == 1 else { return nil }
        return all[tag]
    }

    /// One-byte tags and lengths of one or two bytes, all that this application has.
    private static func fields(_ bytes: ArraySlice<UInt8>) -> [UInt8: ArraySlice<UInt8>]? {
        var rest = bytes
        var found: [UInt8: ArraySlice<UInt8>] = [:]
        while let tag = rest.popFirst() {
            guard var length = rest.popFirst().map(Int.init) else { return nil }
            if length == 0x81 {
                guard let long = rest.popFirst(), long >= 128 else { return nil }
                length = Int(long)
            }
            guard length <= rest.count, found[tag] == nil else { return nil }
            found[tag] = rest.prefix(length)
            rest = rest.dropFirst(length)
        }
        return found
    }
}

extension CardChannel {
    /// One command with its errors told in the protocol's terms.
    package func exchange(
        _ cla: UInt8, _ ins: UInt8, _ p1: UInt8, _ p2: UInt8, _ data: [UInt8], _ name: String, answers: Bool = true
    ) throws(SessionError) -> ResponseAPDU {
        let command: CommandAPDU
        do {
            command = try CommandAPDU(
                cla: cla, ins: ins, p1: p1, p2: p2, data: data, expectedLength: answers ? 256 : nil)
        } catch {
            throw SessionError(.authorityFailed, name, cause: error)
        }
        do {
            return try transmit(command)
        } catch {
            throw SessionError(.noAnswer, name, cause: error)
        }
    }
}
