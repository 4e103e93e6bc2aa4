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
    /// The secure channel that is open, if any.
    var security = TracedSecureChannel()

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

    /// Masks what is secret of data that a command writes into a file, by what is before and behind them there.
    func masking(written command: MaskedBytes) -> MaskedBytes {
        let header = Array(command.bytes.prefix(4))
        if FileAccess.hasUnplacedContent(header) {
            return masking(unplaced: command, CommandMatch.dataRange(of: command.bytes), after: MaskedBytes([]))
        }
        guard let access = FileAccess(header), access.isWriting, !access.isRecord else { return command }
        return file.masking(
            written: command, CommandMatch.dataRange(of: command.bytes), access,
            at: access.offset + chain.count(before: command), scopes)
    }

    /// Masks what looks like a card number in bytes of a file whose place in it is not known.
    ///
    /// - Parameters:
    ///   - data: where they are in a command or an answer.
    ///   - before: the previous parts of the same answer.
    func masking(unplaced bytes: MaskedBytes, _ data: Range<Int>, after before: MaskedBytes) -> MaskedBytes {
        let whole = before.appending(bytes, data)
        var masked = bytes
        for suspect in TagNames.suspects(in: whole, 0..<whole.count, scopes, areOfKind: true) {
            masked.mask(suspect.clamped(to: before.count..<whole.count).moved(by: data.lowerBound - before.count))
        }
        return masked
    }

    /// Remembers what a command was to write into a file.
    ///
    /// - Parameters:
    ///   - before: how many bytes of the same command came before.
    ///   - isDone: whether it was done.
    mutating func write(_ command: MaskedBytes, _ match: CommandMatch, after before: Int, isDone: Bool) {
        guard let access = FileAccess(match.header), access.isWriting else { return }
        let range = CommandMatch.dataRange(of: command.bytes)
        let known = content(access, match)?.identifier
        file.write(command, range, access, at: access.offset + before, isDone: isDone, of: known)
    }
}
