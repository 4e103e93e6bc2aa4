import ISO7816

extension FieldReader {
    /// The data objects of secure messaging (ISO/IEC 7816-4, 10.2), and the ranges of secret ones; nil where the bytes
    /// are something else, or bytes are masked that are not within values.
    ///
    /// - Parameters:
    ///   - hidesPlain: whether plain values are secret, as those of a command that carries a PIN.
    ///   - policy: whether secret fields are hidden.
    static func secureMessagingObjects(
        in bytes: MaskedBytes, _ range: Range<Int>, _ names: TagNames, hidesPlain: Bool, _ policy: SecretPolicy
    ) -> (objects: [DecodedField], secrets: [Range<Int>])? {
        let tlv = LenientTLV(bytes.bytes[range])
        guard !tlv.hasFault, !tlv.nodes.isEmpty else { return nil }
        var reader = FieldReader(names: names, bytes: bytes, range: range, policy: policy)
        guard !reader.isMasked(outsideValuesOf: tlv.nodes, in: range) else { return nil }
        for node in tlv.nodes {
            guard case .object(let object) = node,
                names.specification(of: object.tag.rawValue, within: TagSpecification.secureMessaging)?
                    .tag.parents.contains(TagSpecification.secureMessaging) ?? false
            else { return nil }
            guard policy == .hidden, plainTags.contains(object.tag.rawValue) else { continue }
            let value = (range.lowerBound + object.value.lowerBound)..<(range.lowerBound + object.value.upperBound)
            if hidesPlain { reader.hide(value) } else { reader.hideSuspects(in: value) }
        }
        let objects = reader.fields(tlv.nodes, within: TagSpecification.secureMessaging, from: range.lowerBound)
        return ([DecodedField("secure messaging", .fields(objects))], reader.secrets)
    }

    /// Plain values and plain data objects (ISO/IEC 7816-4, table 49).
    private static let plainTags: Set<UInt32> = [0x80, 0x81, 0xB0, 0xB1, 0xB2, 0xB3]
}
