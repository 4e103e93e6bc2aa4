/// A simulated NOR flash: pages are erased whole, to all ones; programming a unit only clears bits.
///
/// A unit is programmed once between two erasures, as devices with error correction require. If power is cut during an
/// operation, part of the unit or page has its new content, and bits at the edge of that part are undefined.
public final class SimulatedFlash: FlashDevice {
    public let name: String
    public let geometry: FlashGeometry
    /// Erase count of each page since it was created.
    public private(set) var erasures: [Int]
    /// Units programmed since it was created.
    public private(set) var programs = 0
    /// Asked before each unit is programmed and each page is erased.
    public var failure: FailureSwitch?
    private var bytes: [UInt8]

    /// - Parameters:
    ///   - geometry: of the device.
    ///   - name: for errors.
    ///   - failure: asked before each operation.
    public init(_ geometry: FlashGeometry = FlashGeometry(), name: String = "flash", failure: FailureSwitch? = nil) {
        self.geometry = geometry
        self.name = name
        self.failure = failure
        erasures = Array(repeating: 0, count: geometry.pages)
        bytes = Array(repeating: 0xFF, count: geometry.pages * geometry.pageSize)
    }

    /// A device that was used before.
    init(_ geometry: FlashGeometry, name: String, erasures: [Int], bytes: [UInt8]) {
        self.geometry = geometry
        self.name = name
        self.erasures = erasures
        self.bytes = bytes
    }

    /// All pages concatenated, readable with power on or off.
    var content: [UInt8] { bytes }

    /// A page, readable with power on or off.
    func content(of page: Int) -> ArraySlice<UInt8> {
        bytes[(page * geometry.pageSize)..<((page + 1) * geometry.pageSize)]
    }

    public func read(page: Int) throws(MemoryError) -> ArraySlice<UInt8> {
        if let failure, failure.isOff { throw MemoryError(.powerLost, name) }
        return content(of: page)
    }

    public func erase(page: Int) throws(MemoryError) {
        guard erasures[page] < geometry.endurance else { throw MemoryError(.writeFailed, "\(name), page \(page)") }
        let (count, isLast) = try permit(geometry.pageSize)
        if count > 0 { erasures[page] += 1 }
        let start = page * geometry.pageSize
        for index in start..<(start + count) { bytes[index] = 0xFF }
        if isLast {
            if count > 0, count < geometry.pageSize { bytes[start + count] |= 0xAA }
            throw MemoryError(.powerLost, name)
        }
    }

    public func program(_ content: [UInt8], page: Int, at offset: Int) throws(MemoryError) {
        let unit = geometry.unit
        guard content.count % unit == 0, offset >= 0, offset % unit == 0, offset + content.count <= geometry.pageSize
        else { throw MemoryError(.writeFailed, "\(name), page \(page)") }
        let start = page * geometry.pageSize + offset
        for first in stride(from: 0, to: content.count, by: unit) {
            let position = start + first
            guard bytes[position..<(position + unit)].allSatisfy({ $0 == 0xFF }) else {
                throw MemoryError(.writeFailed, "\(name), page \(page)")
            }
            let (count, isLast) = try permit(unit)
            if count > 0 { programs += 1 }
            for index in 0..<count { bytes[position + index] &= content[first + index] }
            if isLast {
                if count > 0, count < unit { bytes[position + count] &= content[first + count] | 0xAA }
                throw MemoryError(.powerLost, name)
            }
        }
    }

    private func permit(_ count: Int) throws(MemoryError) -> (Int, Bool) {
        guard let failure else { return (count, false) }
        guard let permit = failure.permit(count) else { throw MemoryError(.powerLost, name) }
        return permit
    }
}
