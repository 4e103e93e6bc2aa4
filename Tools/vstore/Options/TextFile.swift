import DurableFiles
import SystemPackage

/// Small text files that a user names.
enum TextFile {
    /// Larger than any text that a user writes or this program makes.
    private static let maxBytes = 64 << 20

    /// The text of the file, `-` being standard input.
    ///
    /// - Throws: `Failure` where it cannot be read or is not UTF-8.
    static func read(_ path: String) throws -> String {
        let name = path == "-" ? "standard input" : path
        let bytes: [UInt8]
        do throws(FileError) {
            // A pipe from a shell is read like a file.
            let file = path == "-" ? InputFile.standardInput() : try InputFile(at: FilePath(file: path))
            bytes = try file.readAll(atMost: maxBytes)
        } catch {
            throw Failure(reading: error, name)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure(.file, "\(name): is not text. Save it as UTF-8.")
        }
        return text
    }

    /// Replaces the file's content with the text, completely or not at all; only its owner can read it.
    ///
    /// - Parameter option: by which another place is named.
    /// - Throws: `Failure` where it cannot be written.
    static func write(_ text: String, to path: String, option: String) throws {
        do throws(FileError) {
            try OutputFile.write(Array(text.utf8), to: FilePath(file: path), permissions: .ownerReadWrite)
        } catch {
            throw Failure(writing: error, path, option: option)
        }
    }
}

extension Failure {
    /// A file that a user named and that cannot be read.
    init(reading error: FileError, _ name: String) {
        let text =
            switch error.code {
            case .missing: "no such file exists. Check its name."
            case .isFolder: "is a folder. Name a file."
            case .tooLarge: "is too large. Name another file."
            default: "cannot be read (\(error.explanation)). Check its permissions."
            }
        self.init(.file, "\(name): \(text)")
    }

    /// A file that a user named and that cannot be written.
    ///
    /// - Parameter option: by which another place is named.
    init(writing error: FileError, _ name: String, option: String) {
        if error.code == .diskFull {
            self.init(.file, FullDisk.text(name, option: option))
            return
        }
        if error.code == .missing {
            self.init(.file, "\(name): its folder does not exist. Make it, or choose another place with \(option).")
            return
        }
        self.init(.file, "\(name): cannot be written (\(error.explanation)). Check its folder and permissions.")
    }
}

/// Whether a file has the name; where the system does not say, opening it reports why.
func fileExists(_ path: String) -> Bool { FileKind.exists(path) }

/// Whether a folder has the name, or a link to one.
func folderExists(_ path: String) -> Bool {
    do throws(FileError) {
        return try FileKind.ofTarget(FilePath(folder: path)) == .folder
    } catch {
        return false
    }
}
