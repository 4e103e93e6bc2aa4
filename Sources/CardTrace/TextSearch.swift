extension Collection where Element == UInt8 {
    /// Whether the text contains the bytes of `word`.
    ///
    /// `String` searches by character, which would take most of the time of reading a log or a script.
    package func contains(_ word: StaticString) -> Bool { firstIndex(of: word) != nil }

    /// Where the bytes of `word` begin for the first time.
    func firstIndex(of word: StaticString) -> Index? {
        word.withUTF8Buffer { word in
            guard let first = unsafe word.first else { return startIndex }
            var rest = self[...]
            while let index = rest.firstIndex(of: first) {
                rest = rest[index...]
                if unsafe rest.starts(with: word) { return index }
                rest = rest.dropFirst()
            }
            return nil
        }
    }
}
