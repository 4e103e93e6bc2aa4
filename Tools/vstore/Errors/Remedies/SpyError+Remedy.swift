import CardTrace

extension SpyError: RemedyProviding {
    var remedy: String {
        switch code {
        case .noSpyLibrary: "Install it: apt-get install libpcsclite-dev."
        case .noLibrary: "Install libpcsclite1."
        case .noHome: "Set it."
        case .noFolder: "Free disk space, or set TMPDIR to another folder."
        case .fifoExists: "End the other spy, or remove it where none runs."
        case .noFIFO: "Set HOME to a writable folder."
        }
    }
}
