import ISO7816

/// Bytes, some of which are masked: the value does not contain these, only their positions.
public struct MaskedBytes: Sendable, Hashable {
    /// The bytes, 00 where masked.
    public private(set) var bytes: [UInt8]
    /// The masked ranges: ascending, not adjacent, none empty.
    public private(set) var maskedRanges: [Range<Int>] = []

    /// Creates it from bytes, none masked.
    public init(_ bytes: some Collection<UInt8>) {
        self.bytes = Array(bytes)
    }

    /// The number of bytes, including masked ones.
    public var count: Int { bytes.count }

    /// Masks the bytes at `range`; ranges beyond the end are ignored.
    public mutating func mask(_ range: Range<Int>) {
        let range = range.clamped(to: 0..<bytes.count)
        guard !range.isEmpty else { return }
        for offset in range { bytes[offset] = 0 }
        // Overlapping and adjacent ranges are merged.
        let first = maskedRanges.firstIndex(from: { $0.upperBound >= range.lowerBound })
        let end = maskedRanges.firstIndex(from: { $0.lowerBound > range.upperBound })
        let touching = maskedRanges[first..<end]
        let lower = min(range.lowerBound, touching.first?.lowerBound ?? range.lowerBound)
        let upper = max(range.upperBound, touching.last?.upperBound ?? range.upperBound)
        maskedRanges.replaceSubrange(first..<end, with: CollectionOfOne(lower..<upper))
    }

    /// The bytes, followed by those of `other` at `range`.
    func appending(_ other: MaskedBytes, _ range: Range<Int>) -> MaskedBytes {
        var appended = self
        appended.append(other, range)
        return appended
    }

    /// Appends the bytes of `other` at `range`.
    mutating func append(_ other: MaskedBytes, _ range: Range<Int>) {
        let move = count - range.lowerBound
        bytes += other.bytes[range]
        for masked in other.maskedRanges where masked.overlaps(range) {
            let part = masked.clamped(to: range)
            mask((part.lowerBound + move)..<(part.upperBound + move))
        }
    }

    /// Whether any byte is masked.
    public var hasMasked: Bool { !maskedRanges.isEmpty }

    /// Whether any of the bytes at `range` is masked.
    public func hasMasked(in range: Range<Int>) -> Bool {
        let first = maskedRanges.firstIndex(from: { $0.upperBound > range.lowerBound })
        return first < maskedRanges.count && maskedRanges[first].overlaps(range)
    }

    /// Whether all bytes at `range` are masked.
    func isMasked(_ range: Range<Int>) -> Bool {
        let first = maskedRanges.firstIndex(from: { $0.upperBound > range.lowerBound })
        return first < maskedRanges.count && maskedRanges[first].lowerBound <= range.lowerBound
            && maskedRanges[first].upperBound >= range.upperBound
    }

    /// Two digits per byte, `••` where masked.
    ///
    /// - Parameters:
    ///   - range: which bytes; all where nil.
    ///   - separator: between bytes.
    public func hexadecimal(_ range: Range<Int>? = nil, separator: String = "") -> String {
        let range = (range ?? 0..<count).clamped(to: 0..<count)
        guard hasMasked(in: range) else { return bytes[range].hexadecimal(separator: separator) }
        return range.map { hasMasked(in: $0..<($0 + 1)) ? MaskedBytes.mask : bytes[$0].hexadecimalDigits }
            .joined(separator: separator)
    }

    /// Parses the output of `hexadecimal` without separator: two digits or `••` per byte; nil for anything else.
    public init?(hexadecimal text: some StringProtocol) {
        var (bytes, masked): ([UInt8], [Int]) = ([], [])
        bytes.reserveCapacity(text.utf8.count / 2)
        var rest = Substring(text).utf8[...]
        while let first = rest.first {
            if rest.starts(with: MaskedBytes.mask.utf8) {
                masked.append(bytes.count)
                bytes.append(0)
                rest = rest.dropFirst(MaskedBytes.mask.utf8.count)
                continue
            }
            guard let high = first.hexadecimalValue, let low = rest.dropFirst().first?.hexadecimalValue else {
                return nil
            }
            bytes.append(high << 4 | low)
            rest = rest.dropFirst(2)
        }
        self.bytes = bytes
        for offset in masked { mask(offset..<(offset + 1)) }
    }

    /// Shown for a masked byte or field.
    public static let mask = "••"
}

extension Array {
    /// The index of the first element for which `isBeyond` holds, by binary search: it must hold for all after one for
    /// which it does. The count where it holds for none.
    fileprivate func firstIndex(from isBeyond: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = low + (high - low) / 2
            if isBeyond(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
