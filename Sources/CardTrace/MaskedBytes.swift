import ISO7816

/// Bytes of which some are never shown: they are gone from the value, only their places remain.
public struct MaskedBytes: Sendable, Hashable {
    /// The bytes, 00 where masked.
    public private(set) var bytes: [UInt8]
    /// Which bytes are masked: ascending, apart from each other, none empty.
    public private(set) var maskedPlaces: [Range<Int>] = []

    /// Takes bytes, none masked.
    public init(_ bytes: some Collection<UInt8>) {
        self.bytes = Array(bytes)
    }

    /// How many bytes there are, masked ones included.
    public var count: Int { bytes.count }

    /// Forgets the bytes at `places`; places beyond the end are passed over.
    public mutating func mask(_ places: Range<Int>) {
        let places = places.clamped(to: 0..<bytes.count)
        guard !places.isEmpty else { return }
        for place in places { bytes[place] = 0 }
        // Those that it overlaps or touches become one with it.
        let first = maskedPlaces.firstIndex(from: { $0.upperBound >= places.lowerBound })
        let end = maskedPlaces.firstIndex(from: { $0.lowerBound > places.upperBound })
        let touching = maskedPlaces[first..<end]
        let lower = min(places.lowerBound, touching.first?.lowerBound ?? places.lowerBound)
        let upper = max(places.upperBound, touching.last?.upperBound ?? places.upperBound)
        maskedPlaces.replaceSubrange(first..<end, with: CollectionOfOne(lower..<upper))
    }

    /// Whether any byte is masked.
    public var hasMasked: Bool { !maskedPlaces.isEmpty }

    /// Whether any of the bytes at `places` is masked.
    public func hasMasked(in places: Range<Int>) -> Bool {
        let first = maskedPlaces.firstIndex(from: { $0.upperBound > places.lowerBound })
        return first < maskedPlaces.count && maskedPlaces[first].overlaps(places)
    }

    /// Two digits a byte, `••` where it is masked.
    ///
    /// - Parameters:
    ///   - places: which bytes; all where nil.
    ///   - separator: what stands between bytes.
    public func hexadecimal(_ places: Range<Int>? = nil, separator: String = "") -> String {
        let places = (places ?? 0..<count).clamped(to: 0..<count)
        guard hasMasked(in: places) else { return bytes[places].hexadecimal(separator: separator) }
        return places.map { hasMasked(in: $0..<($0 + 1)) ? MaskedBytes.mask : bytes[$0].hexadecimalDigits }
            .joined(separator: separator)
    }

    /// Reads what `hexadecimal` writes: two digits a byte or `••`, without anything between; nil for anything else.
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
        for place in masked { mask(place..<(place + 1)) }
    }

    /// What stands for a masked byte, and for a masked field.
    public static let mask = "••"
}

extension Array {
    /// The first element for which `isBeyond` holds, by halving: it holds for all that follow one for which it does.
    /// The count where it holds for none.
    fileprivate func firstIndex(from isBeyond: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = low + (high - low) / 2
            if isBeyond(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
