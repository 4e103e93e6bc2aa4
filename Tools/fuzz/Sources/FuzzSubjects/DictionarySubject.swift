import CardTrace
import Diagnostics

/// A user's dictionaries: one that is accepted can be used on any exchange.
enum DictionarySubject {
    private static let builtIn = Result { () throws(DictionaryError) in try APDUDictionary() }
    private static let exchanges: [(command: [UInt8], answer: [UInt8])] = [
        ([0x00, 0xA4, 0x04, 0x00, 0x07, 0xF0, 0x56, 0x53, 0x54, 0x4F, 0x52, 0x45, 0x00], [0x6F, 0x00, 0x90, 0x00]),
        ([0x80, 0x10, 0x01, 0x02, 0x05, 1, 2, 3, 4, 5, 0x00], [0x70, 0x03, 0x80, 0x01, 0x55, 0x61, 0x02]),
        ([0x00, 0xC0, 0x00, 0x00, 0x02], [0x01, 0x02, 0x90, 0x00]),
        ([0x80, 0x10, 0x01, 0x02], [0x63, 0xC2]),
        ([0x00, 0xB0, 0x00, 0x00, 0x00], [0x5F, 0x81, 0x01, 0x01, 0x00, 0x90, 0x00]),
    ]

    static func check(_ bytes: [UInt8]) throws(BrokenProperty) {
        guard case .success(var dictionary) = builtIn else {
            throw BrokenProperty(description: "the dictionary that is built in can be read: \(builtIn)")
        }
        do throws(DictionaryError) {
            try dictionary.add(json: bytes, file: "fuzz.json")
        } catch {
            try hold(error.file == "fuzz.json" && !error.fault.isEmpty, "an error names the file and the place")
            return
        }
        var decoder = TraceDecoder(dictionary)
        for (command, answer) in exchanges { try TraceSubject.decode(command, answer, with: &decoder) }
    }
}
