public import SystemPackage

extension FilePath {
    /// The path of a file as a user or a program wrote it.
    ///
    /// - Throws: `FileError` `.invalidName` where it is empty or has a zero byte, which would cut it off; `.isFolder`
    ///   where it ends in a slash.
    public init(file text: String) throws(FileError) {
        guard !text.isEmpty, !text.utf8.contains(0) else { throw FileError(.invalidName, text) }
        // FilePath drops a slash at the end, and "x/" would name the file x.
        guard text.utf8.last != UInt8(ascii: "/") else { throw FileError(.isFolder, text) }
        self.init(text)
    }

    /// The path of a folder; it may end in a slash.
    ///
    /// - Throws: `FileError` `.invalidName` where it is empty or has a zero byte.
    public init(folder text: String) throws(FileError) {
        guard !text.isEmpty, !text.utf8.contains(0) else { throw FileError(.invalidName, text) }
        self.init(text)
    }

    /// The folder that contains the name.
    var folder: FilePath {
        let folder = removingLastComponent()
        return folder.isEmpty ? "." : folder
    }

    /// A new name beside this one for a file that gets this name once it is complete: 16 hexadecimal digits appended.
    func unfinished() -> FilePath {
        let digits = String(UInt64.random(in: 0 ... .max), radix: 16)
        return beside("." + String(repeating: "0", count: 16 - digits.count) + digits, mayBeAlone: true)
    }

    /// The same name with `suffix` appended.
    ///
    /// - Parameter mayBeAlone: whether to use the suffix alone where the whole name would be too long.
    func beside(_ suffix: String, mayBeAlone: Bool = false) -> FilePath {
        var name = unsafe withPlatformString { unsafe Array(UnsafeBufferPointer(start: $0, count: length)) }
        let start = name.lastIndex(of: CInterop.PlatformChar(UInt8(ascii: "/"))).map { $0 + 1 } ?? 0
        if mayBeAlone, name.count - start + suffix.utf8.count > 255 { name.removeSubrange(start...) }
        return FilePath(platformString: name + suffix.utf8.map { CInterop.PlatformChar(bitPattern: $0) } + [0])
    }
}
