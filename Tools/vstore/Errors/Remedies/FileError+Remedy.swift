import DurableFiles

extension FileError: RemedyProviding {
    var remedy: String {
        switch code {
        case .missing: "Check its name."
        case .exists: "Move it away, or choose another name."
        case .notPermitted: "Fix its permissions, or run as a user who has them."
        case .diskFull: FullDisk.remedy
        case .locked: "End the other program, or wait for it."
        case .tooLarge: "Name another file."
        case .notRegular: "Name a regular file."
        case .isFolder: "Name a file."
        case .invalidName: "Choose another name."
        case .notOpened, .notRead: "Check the file and its disk."
        case .notWritten: "Check its folder and the disk."
        case .notSynchronized: "Check the disk and repeat."
        case .notText: "Save it as UTF-8."
        case .wrongHeader: "Name a file of the right kind, or use the version of vstore that wrote it."
        }
    }
}

extension FileError: ExitStatusProviding {
    var exitStatus: ExitStatus { .file }
}
