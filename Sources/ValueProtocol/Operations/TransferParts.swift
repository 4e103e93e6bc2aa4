/// Rules and letters are longer than a command: they travel in parts, within one session (protocol §10).
public enum TransferParts {
    /// Of a part.
    public static let maxByteCount = 200
    /// Of what is sent.
    public static let maxCount = 12

    /// The parts of `bytes`, all full but the last.
    ///
    /// - Returns: at least one; nil if `bytes` are empty, or more than 12 parts hold.
    package static func split(_ bytes: [UInt8]) -> [[UInt8]]? {
        guard (1...maxByteCount * maxCount).contains(bytes.count) else { return nil }
        return stride(from: 0, to: bytes.count, by: maxByteCount).map { start in
            Array(bytes[start..<min(start + maxByteCount, bytes.count)])
        }
    }

    /// Whether a part has a length, and what is sent a count of parts, that can be taken.
    package static func areWellFormed(_ bytes: [UInt8], of parts: UInt8) -> Bool {
        (1...maxByteCount).contains(bytes.count) && parts <= maxCount
    }
}

/// The parts that have come so far, in order, all of one `Subject`.
package struct PartBuffer<Subject: Equatable & Sendable>: Sendable {
    package let subject: Subject
    package let count: UInt8
    package private(set) var parts: [[UInt8]]

    /// Adds a part to those before it; part 0 begins anew.
    ///
    /// - Parameters:
    ///   - bytes: of the part.
    ///   - part: its number, from 0.
    ///   - count: how many parts there are.
    ///   - subject: what is sent, the same of all parts.
    ///   - before: the parts held; nil for none.
    /// - Returns: nil if the part is out of order; those before it stay as they are.
    package init?(_ bytes: [UInt8], part: UInt8, of count: UInt8, _ subject: Subject, after before: PartBuffer?) {
        guard part < count else { return nil }
        self.subject = subject
        self.count = count
        parts = [bytes]
        guard part > 0 else { return }
        guard let before, before.subject == subject, before.count == count, before.parts.count == Int(part) else {
            return nil
        }
        parts = before.parts + [bytes]
    }

    /// How many have come.
    package var held: UInt8 { UInt8(parts.count) }
    package var isWhole: Bool { parts.count == Int(count) }
    /// What has come so far.
    package var bytes: [UInt8] { parts.flatMap(\.self) }
}
