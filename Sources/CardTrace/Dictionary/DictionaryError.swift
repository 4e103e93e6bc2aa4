/// Why a dictionary of APDUs cannot be used.
///
/// Two errors are equal when their codes and files are.
public struct DictionaryError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// What is wrong, in words.
        public let description: String
        /// What to do next.
        public let remedy: String

        /// The file cannot be read.
        public static let unreadable = Code(
            description: "cannot be read", remedy: "Check its name and that you may read it.")
        /// The file is no dictionary.
        public static let malformed = Code(
            description: "is no dictionary of APDUs", remedy: "Correct it after APDU/dictionary/README.md.")
        /// A command, field or tag names a layout or a table of values that is not in the file.
        public static let unknownReference = Code(
            description: "names a layout or values that it does not have",
            remedy: "Add them to the file, or correct the name.")
    }

    /// What is wrong.
    public let code: Code
    /// The file.
    public let file: String
    /// Where in it and what exactly, in words.
    public let detail: String

    init(_ code: Code, file: String, detail: String) {
        self.code = code
        self.file = file
        self.detail = detail
    }

    public var description: String { "dictionary \(file) \(code): \(detail). \(code.remedy)" }
    public static func == (a: DictionaryError, b: DictionaryError) -> Bool { a.code == b.code && a.file == b.file }
}
