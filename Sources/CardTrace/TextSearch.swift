extension Collection where Element == UInt8 {
    /// Whether the bytes of `word` occur one after the other.
    ///
    /// The searching of `String` goes by characters, and takes most of the time of reading a log or a script.
    package func contains(_ word: StaticString) -> Bool {
        word.withUTF8Buffer { word in
            guard let first = unsafe word.first else { return true }
            var rest = self[...]
            while let place = rest.firstIndex(of: first) {
                rest = rest[place...]
                if unsafe rest.starts(with: word) { return true }
                rest = rest.dropFirst()
            }
            return false
        }
    }
}
