internal import Foundation

/// The shapes of households and of photovoltaic systems, in the quarter hours of a year of 366 days.
package struct LoadShapes: Sendable {
    /// Relative to their means.
    package let households: [[Double]]
    /// Relative to the system's power: W per W.
    package let sun: [Double]

    package static let count = 366 * 96

    /// The profiles of simbench, as `Tools/profiles/simbench` writes them.
    ///
    /// - Throws: an error of Foundation where the file cannot be read.
    package static func simbench() throws -> LoadShapes {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Profiles/simbench.bin")
        let bytes = [UInt8](try Data(contentsOf: file))
        guard bytes.count == 7 * count else { throw CocoaError(.fileReadCorruptFile) }
        let shapes = (0..<7).map { profile in
            bytes[profile * count..<(profile + 1) * count].map { (Double($0) / 255) * (Double($0) / 255) }
        }
        let households = shapes[0..<6].map { shape in
            let mean = shape.reduce(0, +) / Double(count)
            return shape.map { $0 / mean }
        }
        // The year's maximum of the system is 0.62 of its power.
        return LoadShapes(households: households, sun: shapes[6].map { $0 * 0.62 })
    }
}
