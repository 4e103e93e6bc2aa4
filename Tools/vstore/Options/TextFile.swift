import DurableFiles
import SystemPackage

/// Small text files that a user names.
enum TextFile {
    /// No text is larger that a user writes or this program makes.
    private static let maxBytes = 64 << 20

    /// The text of the file, `-` being standard input.
    ///
    /// - Throws: `Failure` where it cannot be read or is not UTF-8.
    static func read(_ path: String) throws -> String {
        let name = path == "-" ? "standard input" : path
        let bytes: [UInt8]
        do throws(FileError) {
            // A pipe that a shell makes is read as a file is.
            let file = path == "-" ? InputFile.standardInput() : try InputFile(at: FilePath(file: path))
            bytes = try file.readAll(atMost: maxBytes)
        } catch {
            throw Failure(reading: error, name)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure(.file, "\(name): is no text. Save it as UTF-8.")
        }
        return text
    }

    /// Writes the text in place of what the file held, all of it or nothing; its owner alone can read it.
    ///
    /// - Throws: `Failure` where it cannot be written.
    static func write(_ text: String, to path: String) throws {
        do throws(FileError) {
            try OutputFile.write(Array(text.utf8), to: FilePath(file: path), permissions: .ownerReadWrite)
        } catch {
            throw Failure(writing: error, path)
        }
    }
}

extension Failure {
    /// A file that a user named and that cannot be read.
    init(reading error: FileError, _ name: String) {
        let text =
            switch error.code {
            case .missing: "there is no such file. Check its name."
            case .isFolder: "is a folder. Name a file."
            case .tooLarge: "is too large. Name another file."
            default: "cannot be read (\(error.explanation)). Check its rights."
            }
        self.init(.file, "\(name): \(text)")
    }

    /// A file that a user named and that cannot be written.
    init(writing error: FileError, _ name: String) {
        self.init(.file, "\(name): cannot be written (\(error.explanation)). Make room, or correct its rights.")
    }
}

/// Whether something has the name; where the system does not tell, opening it tells why.
func fileExists(_ path: String) -> Bool { FileKind.exists(path) }
