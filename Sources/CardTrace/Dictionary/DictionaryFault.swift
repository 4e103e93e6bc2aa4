#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What is wrong in a dictionary, and where.
struct DictionaryFault: Error, CustomStringConvertible {
    let code: DictionaryError.Code
    /// Line and column, and the words.
    let description: String

    /// - Parameters:
    ///   - words: what is wrong.
    ///   - path: of the value concerned.
    ///   - json: the file.
    init(_ words: String, at path: [JSONScanner.Step], in json: [UInt8], _ code: DictionaryError.Code = .malformed) {
        self.code = code
        description = JSONScanner.place(of: path, in: json).map { "\($0): \(words)" } ?? words
    }

    /// What a decoder has found.
    init(_ error: any Error, in json: [UInt8]) {
        code = .malformed
        if let place = JSONScanner.fault(in: json) {
            description = "\(place): the file is not JSON from here on"
        } else if let error = error as? DecodingError {
            let (context, words) = Self.words(for: error)
            let path = context.codingPath.map { $0.intValue.map(JSONScanner.Step.index) ?? .name($0.stringValue) }
            let names = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
            let name = names.isEmpty ? "the file" : names.joined(separator: " ")
            description = DictionaryFault("\(name): \(words)", at: path, in: json).description
        } else {
            description = "\(error)"
        }
    }

    private static func words(for error: DecodingError) -> (DecodingError.Context, String) {
        switch error {
        case .typeMismatch(let type, let context): (context, expectation(type) ?? context.debugDescription)
        case .valueNotFound(let type, let context): (context, expectation(type) ?? context.debugDescription)
        case .dataCorrupted(let context): (context, context.debugDescription)
        case .keyNotFound(let key, let context): (context, "\(key.stringValue) is missing")
        @unknown default: (DecodingError.Context(codingPath: [], debugDescription: ""), "\(error)")
        }
    }

    /// What must be there in place of another type; nil for types that a file does not have.
    private static func expectation(_ type: any Any.Type) -> String? {
        switch type {
        case is String.Type: "must be a text"
        case is Bool.Type: "must be true or false"
        case is Int.Type: "must be a whole number"
        case is [Any].Type: "must be a list"
        case is [String: Any].Type: "must be an object"
        default: nil
        }
    }
}
