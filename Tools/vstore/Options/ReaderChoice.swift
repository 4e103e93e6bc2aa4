import CardIO

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ReaderQuery {
    /// The reader of an option, else of `VSTORE_READER`, else the only one, or the only one that holds a card.
    static func chosen(_ option: String?) -> ReaderQuery {
        if let option { return ReaderQuery(option) }
        let preset = ProcessInfo.processInfo.environment["VSTORE_READER"] ?? ""
        return preset.isEmpty ? .only : ReaderQuery(preset)
    }
}
