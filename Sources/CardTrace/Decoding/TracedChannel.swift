import ISO7816

/// The state of a logical channel.
struct TracedChannel: Sendable {
    /// The application selected; nil where no selection was seen since the reset.
    var selected: [UInt8]?
    /// The files to search while that application is selected.
    var scopes: [APDUDictionary.Scope] = []
    /// A command whose answer waits for GET RESPONSE, and the part of the answer received so far.
    var waiting: (match: CommandMatch, data: MaskedBytes)?
    /// The card's file that is current.
    var file = SelectedFile()
    /// A command of which not all parts have come.
    var chain = CommandChain()

    /// What a command reads or writes where it is of a file whose content a dictionary describes.
    func content(_ access: FileAccess, _ match: CommandMatch) -> SelectedFile.Content? {
        file.content(access, match.header, match.scopes, isNamed: selected?.isEmpty == false)
    }

    /// Remembers what a command has read from a file.
    ///
    /// - Parameter before: how many bytes of the same answer came before.
    mutating func read(_ answer: MaskedBytes, _ match: CommandMatch, after before: Int) {
        guard let access = FileAccess(match.header), !access.isWriting, answer.count > 2 else { return }
        let known = content(access, match)?.identifier
        file.read(answer, count: answer.count - 2, access, at: access.offset + before, of: known)
    }
}
