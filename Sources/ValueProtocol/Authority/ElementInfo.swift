public import ISO7816

/// What an element reports about itself without authentication (protocol §4, SELECT).
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

    /// Selects an application, by default the purse, and parses its response.
    ///
    /// - Throws: `SessionError` `.noAnswer`, `.noApplication`, `.malformedAnswer`.
    public static func select(
        _ application: ElementApplication = .purse, over channel: any CardChannel
    ) throws(SessionError) -> ElementInfo {
        let response = try channel.exchange(ElementCommand.select(application), "SELECT")
        return try ElementCommand.element(in: response, application)
    }
}

extension ElementInfo {
    private static let fileControl: TLVTag = 0x6F
    private static let name: TLVTag = 0x84
    private static let proprietary: TLVTag = 0xA5
    private static let identifier: TLVTag = 0x80
    private static let protocolVersion: TLVTag = 0x81
    private static let lifeCycle: TLVTag = 0x82
    private static let heldKeys: TLVTag = 0x83

    /// `6F { 84 AID, A5 { 80 EID, 81 version, 82 state, 83 (purpose ‖ version)* } }`
    public func fci(of application: ElementApplication) -> [UInt8] {
        var id: [UInt8] = []
        id.append(eid)
        var list: [UInt8] = []
        for key in keys { list.append(key) }
        let own = TLV(
            Self.proprietary,
            children: [
                TLV(Self.identifier, id), TLV(Self.protocolVersion, [1]), TLV(Self.lifeCycle, [state.rawValue]),
                TLV(Self.heldKeys, list),
            ])
        return TLV(Self.fileControl, children: [TLV(Self.name, application.aid), own]).bytes
    }

    /// Nil if the bytes do not have the layout of `fci`.
    init?(fci: ArraySlice<UInt8>, of application: ElementApplication) {
        let template: TLV
        do {
            template = try TLV(fci)
        } catch {
            return nil
        }
        guard template.tag == Self.fileControl, template[Self.name]?.value == application.aid[...],
            let own = template[Self.proprietary], own[Self.protocolVersion]?.value == [1],
            let id = own[Self.identifier]?.value, id.count == 8,
            let state = own[Self.lifeCycle]?.value.first.flatMap(LifeCycle.init(rawValue:)),
            let list = own[Self.heldKeys]?.value
        else { return nil }
        var reader = ByteReader(list.span)
        var keys: [KeyName] = []
        while reader.remaining > 0 {
            guard let name = reader.readKeyName(), reader.isGood else { return nil }
            keys.append(name)
        }
        self.init(eid: PartyID(rawValue: id.reduce(0) { $0 << 8 | UInt64($1) }), state: state, keys: keys)
    }
}
