import ISO7816

extension FieldReader {
    /// Whether bytes that may be anything, begin with a known tag, and have faults as data objects, are meant as data
    /// objects: then a reader wants to see the fault.
    ///
    /// They are where the first is the object that was asked for, or a template which has the length of all bytes or
    /// begins with an object that belongs there.
    ///
    /// - Parameter isPart: whether they can be a part, so that a first one longer than the bytes is no fault.
    func isMeant(_ tlv: LenientTLV, in range: Range<Int>, isPart: Bool) -> Bool {
        guard case .object(let first)? = tlv.nodes.first else { return false }
        let tag = first.tag.rawValue
        let isCut = tlv.remarks.contains { $0.isFault && $0.offset < first.header.upperBound }
        guard !isCut || !isPart else { return false }
        if isAsked(first) { return true }
        guard let children = first.children else { return false }
        if !isCut, first.value.upperBound == range.count { return true }
        guard case .object(let child)? = children.first else { return false }
        return names.specification(of: child.tag.rawValue, within: tag) != nil
    }

    /// Whether a data object that begins bytes which may be anything is likely meant: one that was asked for, or a
    /// template, or one that every card or the selected application has. A primitive one of another card's file is
    /// not: 9000 is a status word sooner than an empty certificate.
    func isExpected(_ object: LenientTLV.Object, _ entry: TagNames.Entry, within parent: UInt32) -> Bool {
        if object.children != nil || parent != 0 || entry.tag.secret == true || entry.file.applies != .guess {
            return true
        }
        return isAsked(object)
            || names.scopes.contains { $0.file === entry.file && ($0.isAdded || $0.application != nil) }
    }

    /// Whether P1-P2 are its tag, as in GET DATA.
    private func isAsked(_ object: LenientTLV.Object) -> Bool {
        parameters.reduce(0) { $0 << 8 | UInt32($1) } == object.tag.rawValue
    }
}
