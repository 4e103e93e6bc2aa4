extension Collection where Element == UInt8 {
    /// Whether the text contains the bytes of `word`.
    ///
    /// `String` searches by character, which would take most of the time of reading a log or a script.
    package func contains(_ word: StaticString) -> Bool {
        word.withUTF8Buffer { word in
            guard let first = unsafe word.first else { return true }
            var rest = self[...]
            while let index = rest.firstIndex(of: first) {
                rest = rest[index...]
                if unsafe rest.starts(with: word) { return true }
                rest = rest.dropFirst()
            }
            return false
        }
    }
}
