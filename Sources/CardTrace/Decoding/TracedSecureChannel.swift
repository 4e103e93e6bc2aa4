import ISO7816

/// The secure channel of GlobalPlatform on a logical channel, as far as a trace shows it (GlobalPlatform Card
/// Specification 2.3, appendices D and E; amendment D).
struct TracedSecureChannel: Sendable {
    /// Of the protocol that INITIALIZE UPDATE answers with; nil where that was not seen.
    private var version: UInt8?
    /// The security level that EXTERNAL AUTHENTICATE sets.
    private var level: UInt8 = 0

    /// Whether the data of commands are encrypted (C-DECRYPTION).
    private var isEncrypting: Bool { level & 0x02 != 0 }

    /// Follows a command that was done, or not.
    ///
    /// - Parameters:
    ///   - match: a command.
    ///   - answer: data and status word.
    mutating func follow(_ match: CommandMatch, _ answer: [UInt8], isDone: Bool) {
        guard match.header.count == 4, match.header[0] & 0x80 != 0, match.header[0] != 0xFF, match.file?.mac != nil
        else { return }
        switch match.header[1] {
        case 0x50:
            guard isDone else { return }
            (version, level) = (answer.count > Self.versionOffset + 2 ? answer[Self.versionOffset] : nil, 0)
        case 0x82: level = isDone ? match.header[2] : 0
        default: return
        }
    }

    /// Behind diversification data and the version of the keys.
    private static let versionOffset = 11

    /// Where the MAC begins behind data that are encrypted; nil where they are not, or are none.
    ///
    /// Encrypted data are whole blocks. A MAC has 8 bytes, or with secure channel protocol 03 as many as a block.
    func encrypted(_ data: Range<Int>, of file: DictionaryFile, cla: UInt8) -> Range<Int>? {
        guard isEncrypting, let mac = file.mac, mac.cla.contains(where: { $0.matches(cla) }) else { return nil }
        let isWhole = data.count.isMultiple(of: 16) && version == 3
        let range = data.lowerBound..<(data.upperBound - (isWhole ? 16 : 8))
        let block = version == 3 ? 16 : 8
        return range.count > 0 && range.count.isMultiple(of: block) ? range : nil
    }
}
