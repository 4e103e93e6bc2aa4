import ISO7816

/// Where fields end.
extension FieldReader {
    /// The bytes of a field, which are taken; nil where it is optional and there are none.
    mutating func next(_ field: FieldSpecification) throws(Misfit) -> Range<Int>? {
        if field.berLength == true { return try prefixed() }
        if field.length != nil || field.lengthByte == true {
            if rest.isEmpty, field.optional == true { return nil }
            return try fixed(field)
        }
        let end: Int
        var next: Int
        if let until = field.until {
            // A masked byte cannot be compared: the field then extends to the end, which loses nothing.
            let found = rest.first { !bytes.hasMasked(in: $0..<($0 + 1)) && until.matches(bytes.bytes[$0]) }
            end = found ?? rest.upperBound
            next = found.map { $0 + 1 } ?? end
        } else {
            end = rest.upperBound - (field.leave ?? 0)
            next = end
        }
        guard end >= rest.lowerBound, end <= rest.upperBound else {
            throw Misfit(.missing(rest.lowerBound - end), at: rest.upperBound)
        }
        next = min(next, rest.upperBound)
        defer { rest = next..<rest.upperBound }
        return rest.lowerBound..<end
    }

    /// The range of a field whose length is known, or is in the byte before it.
    private mutating func fixed(_ field: FieldSpecification) throws(Misfit) -> Range<Int> {
        var start = rest.lowerBound
        var length = field.length ?? 0
        if field.lengthByte == true {
            guard start < rest.upperBound else { throw Misfit(.missing(1), at: start) }
            // A masked length is not known.
            guard !bytes.hasMasked(in: start..<(start + 1)) else { throw Misfit(.unfitLength, at: start) }
            length = Int(bytes.bytes[start])
            start += 1
        }
        let available = rest.upperBound - start
        guard length <= available else {
            throw field.lengthByte == true
                ? Misfit(.truncatedValue(length: length, available: available), at: start - 1)
                : Misfit(.missing(length - available), at: rest.upperBound)
        }
        rest = (start + length)..<rest.upperBound
        return start..<(start + length)
    }

    /// The range of a field behind the length field of a BER-TLV data object.
    private mutating func prefixed() throws(Misfit) -> Range<Int> {
        guard let first = rest.first else { throw Misfit(.missing(1), at: rest.lowerBound) }
        // A masked length is not known.
        guard !bytes.hasMasked(in: first..<(first + 1)) else { throw Misfit(.unfitLength, at: first) }
        var (length, start) = (Int(bytes.bytes[first]), first + 1)
        if length >= 0x80 {
            let end = start + (length & 0x7F)
            guard (1...3).contains(end - start), end <= rest.upperBound else { throw Misfit(.unfitLength, at: first) }
            length = bytes.bytes[start..<end].reduce(0) { $0 << 8 | Int($1) }
            start = end
        }
        let available = rest.upperBound - start
        guard length <= available else {
            throw Misfit(.truncatedValue(length: length, available: available), at: first)
        }
        rest = (start + length)..<rest.upperBound
        return start..<(start + length)
    }
}
