import CardScript

extension ScriptError: RemedyProviding {
    var remedy: String { code.remedy(for: name ?? "name") }
}

extension ScriptError.Code {
    /// What to write instead.
    ///
    /// - Parameter name: of the variable concerned.
    func remedy(for name: String = "name") -> String {
        switch self {
        case .notHexadecimal: "Write two digits per byte; a comment goes on its own line, which begins with #."
        case .spacing: "Write all bytes together, or each two digits with one blank between them and none in front."
        case .trailingComment: "Put the comment on its own line, which begins with #."
        case .containsExit: "Use another word."
        case .notACommand:
            "Write CLA INS P1 P2, then Lc and that many bytes where there are data, then Le where an answer is "
                + "expected."
        case .badExpectation:
            "Write #= and the status word, or the whole answer: hexadecimal digits, x for any digit, * for any "
                + "bytes, *{4} for four of them, ${name} for a variable, and the status word last."
        case .misplacedExpectation: "Put one #= line below its command."
        case .unfinished: "Remove the \\, or write the rest on the next line."
        case .halfByte: "Write two digits per byte, 0A and not A."
        case .unexpectedCharacter: "Write hexadecimal digits and ${name}; x and * only in what is expected."
        case .badWildcard: "Write * for any bytes, *{8} for eight, or *{1-16} for one to sixteen; 65536 at most."
        case .badVariable:
            "Write ${name}, ${#name} for its count of bytes, or ${name.text} for its characters; a name is of "
                + "letters, digits and _."
        case .continuedVariable: "Write the whole command on one line."
        case .unknownDirective:
            "Write #: and include, set, secret, expect, bytes, rows or end; a comment begins with # and no colon."
        case .badSet:
            "Write #: set name = and answer, answer[8+4], status, tag 6F/84, hexadecimal digits, or \"text\"."
        case .badSecret: "Write #: secret name, one per line."
        case .badCheck:
            "Write #: expect tag 6F/84 = bytes, #: expect tag 6F/84, #: expect no tag 6F/84, or #: expect "
                + "length 8-16."
        case .misplacedCheck: "Put it below its command."
        case .misplacedRows: "Give each #: rows its #: end in the same file, and none within another."
        case .includedTwice: "Let no file include itself, go at most 16 files deep, and read at most 1,000,000 lines."
        case .noInclude: "Name a file that can be read."
        case .unknownVariable:
            "Set it above with #: set, name it with #: secret, give it with --define, or as a column of --csv."
        case .notDigits: "Give it two digits per byte, or write ${\(name).text} for its characters."
        case .tooLong: "Put no more than 65,544 bytes together; do not build a variable from itself repeatedly."
        case .countTooLarge: "Write an extended length by hand."
        case .noBytes: "Write hexadecimal digits behind it, as in #: bytes 00A404000A."
        case .badDefinition: "Write one name=value per line, the name of letters, digits and _; # begins a comment."
        }
    }
}
