import ISO7816

/// A command as a dictionary describes it.
struct CommandSpecification: Sendable, Decodable {
    /// What a command does to decoding itself.
    enum Effect: String, Sendable, Decodable {
        /// It selects an application by name.
        case select
        /// Its answer goes on with the answer before.
        case `continue`
    }

    /// P1 or P2.
    struct Parameter: Sendable, Decodable {
        let match: BytePattern?
        /// Nil where it is not worth showing.
        let name: String?
        let values: String?
        let prefix: String?
    }

    let name: String
    let effect: Effect?
    /// The applications of the file that have it; nil for all.
    let `in`: [String]?
    let cla: [BytePattern]
    let ins: [BytePattern]
    let p1: Parameter?
    let p2: Parameter?
    let data: LayoutReference?
    let answer: LayoutReference?
    let status: [StatusPattern]?

    func matches(_ header: ArraySlice<UInt8>) -> Bool {
        let (cla, ins) = (header[header.startIndex], header[header.startIndex + 1])
        return self.cla.contains { $0.matches(cla) } && self.ins.contains { $0.matches(ins) }
            && p1?.match?.matches(header[header.startIndex + 2]) ?? true
            && p2?.match?.matches(header[header.startIndex + 3]) ?? true
    }
}

/// A tag as a dictionary describes it.
struct TagSpecification: Sendable, Decodable {
    let tag: String
    /// The tag that it lies directly within; nil for anywhere.
    let `in`: String?
    let name: String
    let kind: FieldSpecification.Kind?
    let values: String?
    let secret: Bool?
    /// The layout of its value.
    let layout: String?
}
