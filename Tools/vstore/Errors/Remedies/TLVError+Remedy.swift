import ISO7816

extension TLVError: RemedyProviding {
    var remedy: String {
        switch code {
        case .truncatedTag, .overlongTag, .tagTooLong, .truncatedLength, .indefiniteLength, .overlongLength,
            .lengthTooLong, .truncatedValue, .trailingBytes:
            "Check that no bytes are missing, and that no status word follows them."
        case .nestedTooDeep: "Give data objects that are nested less deeply."
        case .notConstructed, .notPrimitive: "Check the tag: its bit 6 says whether data objects are inside."
        case .missing: "Check that the card or file has it."
        case .bufferTooSmall: "Report it: this is an error in the program."
        case .valueTooLong: "Give a shorter value."
        }
    }
}

extension TLVError: ExitStatusProviding {
    var exitStatus: ExitStatus { code == .bufferTooSmall ? .ownFault : .refused }
}
