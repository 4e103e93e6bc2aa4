internal import DurableFiles
internal import SystemPackage
public import ValueProtocol

/// The file in which a meter keeps its station over a power cut.
///
/// Eighteen bytes, big-endian: version 1 ‖ station u16 ‖ client ‖ the unit's EID ‖ epoch u32 ‖ ``FrameCheck`` of all before, low byte
/// first. No file, or station 0: none.
public struct StationFile: Sendable, Hashable {
    public let path: String
    public let meter: PartyID

    /// - Parameters:
    ///   - path: of the file.
    ///   - meter: whose station it keeps.
    public init(at path: String, of meter: PartyID) {
        self.path = path
        self.meter = meter
    }

    private static let version: UInt8 = 1
    private static let count = 18

    /// The meter's station as it was kept last.
    ///
    /// - Throws: `LineError` `.stationUnreadable`: a meter without its station takes another from its unit, so a damaged file
    ///   may be removed.
    public func load() throws(LineError) -> StationMembership {
        let bytes: [UInt8]
        do throws(FileError) {
            guard try FileKind.ofName(FilePath(file: path)) != nil else { return StationMembership(of: meter) }
            bytes = try AtomicFile(at: FilePath(file: path)).read(atMost: Self.count + 1)
        } catch {
            throw LineError(.stationUnreadable, path, cause: error.reason)
        }
        guard bytes.count == Self.count, FrameCheck.holds(bytes.span, 0..<bytes.count) else {
            throw LineError(.stationUnreadable, path)
        }
        var reader = ByteReader(bytes.span)
        guard reader.readByte() == Self.version else { throw LineError(.stationUnreadable, path) }
        let (station, client): (UInt16, UInt8) = (reader.read(), reader.readByte())
        let unit = StationMessage.Unit(PartyID(rawValue: reader.read()), epoch: reader.read())
        guard station != 0 else { return StationMembership(of: meter) }
        return StationMembership(
            of: meter, StationMembership.Assignment(station: station, client: client, unit: unit))
    }

    /// Keeps a change; when it returns, it outlives a power cut.
    ///
    /// - Throws: `LineError` `.stationNotKept`.
    func save(_ change: StationMembership.Change) throws(LineError) {
        var (station, client, unit): (UInt16, UInt8, StationMessage.Unit) = (0, 0, StationMessage.Unit(.none, epoch: 0))
        if case .assigned(let assignment) = change {
            (station, client, unit) = (assignment.station, assignment.client, assignment.unit)
        }
        var bytes = [Self.version]
        bytes.append(bigEndian: station)
        bytes.append(client)
        bytes.append(unit.eid)
        bytes.append(bigEndian: unit.epoch)
        let check = FrameCheck.of(bytes)
        bytes += [UInt8(truncatingIfNeeded: check), UInt8(truncatingIfNeeded: check >> 8)]
        do throws(FileError) {
            try AtomicFile(at: FilePath(file: path)).replace(with: bytes)
        } catch {
            throw LineError(.stationNotKept, path, cause: error.reason)
        }
    }
}
