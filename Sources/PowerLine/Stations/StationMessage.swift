public import ValueProtocol

/// What is said on a line about who is there: the information field of a UI frame to all stations, or of a meter's answer.
///
/// A local unit asks with DISCOVER which meters have no station, gives them one with ASSIGN, and takes it back with RELEASE;
/// a meter answers DISCOVER alone. Numbers are big-endian. Nothing of it is secret or proven: a false message costs time.
public enum StationMessage: Sendable, Hashable {
    /// The unit that speaks, and since when it has its list of stations.
    public struct Unit: Sendable, Hashable {
        public let eid: PartyID
        /// The unit's clock when it began its list, in seconds since 1970.
        public let epoch: UInt32

        public init(_ eid: PartyID, epoch: UInt32) {
            self.eid = eid
            self.epoch = epoch
        }
    }

    /// A station for the meter that has answered with this nonce.
    public struct Grant: Sendable, Hashable {
        public let meter: PartyID
        public let nonce: UInt32
        /// `10` to `7D`, `80` to `111`.
        public let station: UInt16

        public init(_ meter: PartyID, nonce: UInt32, station: UInt16) {
            self.meter = meter
            self.nonce = nonce
            self.station = station
        }
    }

    /// Who has no station answers in one of the slots, which follow the frame.
    case discover(Unit, slots: Slots)
    case assign(Unit, [Grant])
    /// An empty list: all of the unit's meters.
    case release(Unit, [PartyID])
    /// A meter's answer to DISCOVER.
    case present(PartyID, nonce: UInt32)

    /// The slots for answers.
    public struct Slots: Sendable, Hashable {
        /// The number of slots is 2 to its power; at most 10.
        public let exponent: UInt8
        /// How long each is, in milliseconds.
        public let milliseconds: UInt16

        /// - Precondition: `exponent` is at most 10.
        public init(exponent: UInt8, milliseconds: UInt16) {
            precondition(exponent <= Self.maxExponent, "there are at most 1,024 slots")
            self.exponent = exponent
            self.milliseconds = milliseconds
        }

        public static let maxExponent: UInt8 = 10
        public var count: Int { 1 << Int(exponent) }
        public var length: Duration { .milliseconds(milliseconds) }
    }

    /// The most grants in a frame of the longest information field that every station takes.
    public static let maxGrants = (HDLCParameters.standard.receiveLength - 13) / 14

    private enum Code {
        static let discover: UInt8 = 0x01
        static let assign: UInt8 = 0x02
        static let release: UInt8 = 0x03
        static let present: UInt8 = 0x81
    }

    /// The information field.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        switch self {
        case .discover(let unit, let slots):
            Self.append(Code.discover, unit, to: &bytes)
            bytes.append(slots.exponent)
            bytes.append(bigEndian: slots.milliseconds)
        case .assign(let unit, let grants):
            Self.append(Code.assign, unit, to: &bytes)
            for grant in grants {
                bytes.append(grant.meter)
                bytes.append(bigEndian: grant.nonce)
                bytes.append(bigEndian: grant.station)
            }
        case .release(let unit, let meters):
            Self.append(Code.release, unit, to: &bytes)
            for meter in meters.isEmpty ? [.none] : meters { bytes.append(meter) }
        case .present(let meter, let nonce):
            bytes.append(Code.present)
            bytes.append(meter)
            bytes.append(bigEndian: nonce)
        }
        return bytes
    }

    private static func append(_ code: UInt8, _ unit: Unit, to bytes: inout [UInt8]) {
        bytes.append(code)
        bytes.append(unit.eid)
        bytes.append(bigEndian: unit.epoch)
    }

    /// Parses an information field; nil where it is none of these, or malformed.
    public init?(_ information: [UInt8]) {
        var reader = ByteReader(information.span)
        let code = reader.readByte()
        if code == Code.present {
            self = .present(PartyID(rawValue: reader.read()), nonce: reader.read())
            guard reader.isFinished else { return nil }
            return
        }
        let unit = Unit(PartyID(rawValue: reader.read()), epoch: reader.read())
        switch code {
        case Code.discover:
            let exponent = reader.readByte()
            guard exponent <= Slots.maxExponent else { return nil }
            self = .discover(unit, slots: Slots(exponent: exponent, milliseconds: reader.read()))
        case Code.assign:
            var grants: [Grant] = []
            repeat {
                grants.append(Grant(PartyID(rawValue: reader.read()), nonce: reader.read(), station: reader.read()))
            } while reader.remaining > 0
            self = .assign(unit, grants)
        case Code.release:
            var meters: [PartyID] = []
            repeat { meters.append(PartyID(rawValue: reader.read())) } while reader.remaining > 0
            self = .release(unit, meters.contains(.none) ? [] : meters)
        default: return nil
        }
        guard reader.isFinished else { return nil }
    }
}
