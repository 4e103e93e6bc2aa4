import CardCrypto
import CardScript
import CardTrace
import HeadEnd
import ISO7816
import Issuing
import Records
import ValueElement
import ValueProtocol

/// An error shown to users, and how the program ends for it.
protocol ExitStatusProviding: Error {
    var exitStatus: ExitStatus { get }
}

/// How the program ends for `error`; an unknown one is the program's own fault.
func exitStatus(of error: any Error) -> ExitStatus {
    (error as? any ExitStatusProviding)?.exitStatus ?? .ownFault
}

extension Failure: ExitStatusProviding {
    var exitStatus: ExitStatus { status }
}

extension CardError: ExitStatusProviding {
    var exitStatus: ExitStatus {
        switch code {
        // Nothing was done, and repeating it does not help.
        case .unsupported, .noPinpad, .pinEntryTimedOut, .pinEntryCancelled, .pinsDiffer, .pinLengthWrong,
            .pinStructureRefused, .sessionEnded:
            .refused
        case .cancelled: .interrupted
        case .credentialsUnusable: .file
        case .transactionOver, .waitsForItself, .noThread: .ownFault
        // An emulated card with a problem in its file.
        case .cardUnresponsive: cause is MemoryError ? .file : .unreachable
        case .noService, .notAllowed, .noReader, .unknownReader, .ambiguousReader, .readerUnavailable, .noDriver,
            .readerTaken, .noCard, .cardRemoved, .cardReset, .sharingViolation, .protocolMismatch, .deadlineExceeded,
            .malformedAnswer, .malformedReaderAnswer, .communication, .serviceLost, .notConnected, .callCancelled,
            .notAuthentic, .noAnswerRecorded, .cannotListen, .noVirtualReader:
            .unreachable
        }
    }
}

extension SessionError: ExitStatusProviding {
    var exitStatus: ExitStatus {
        switch code {
        case .noAnswer: .unreachable
        case .authorityFailed: cause.map(vstore.exitStatus) ?? .ownFault
        default: .refused
        }
    }
}

extension MasterKeyError: ExitStatusProviding {
    var exitStatus: ExitStatus { code == .noAnswer ? .unreachable : .refused }
}

extension CeremonyError: ExitStatusProviding {
    var exitStatus: ExitStatus {
        switch code {
        case .card: cause.map(vstore.exitStatus) ?? .refused
        case .recordWrong, .recordNotRemoved, .planMalformed: .file
        default: .refused
        }
    }
}

extension IssueError: ExitStatusProviding {
    var exitStatus: ExitStatus {
        switch code {
        case .session: cause.map(vstore.exitStatus) ?? .unreachable
        case .journal: .file
        case .records: cause.map(vstore.exitStatus) ?? .file
        default: .refused
        }
    }
}

extension JournalError: ExitStatusProviding {
    var exitStatus: ExitStatus { .file }
}

extension CSVError: ExitStatusProviding {
    var exitStatus: ExitStatus { .file }
}

extension MemoryError: ExitStatusProviding {
    var exitStatus: ExitStatus { .file }
}

extension ScriptError: ExitStatusProviding {
    var exitStatus: ExitStatus { .file }
}

extension DictionaryError: ExitStatusProviding {
    var exitStatus: ExitStatus { .file }
}

extension TraceFileError: ExitStatusProviding {
    /// A file in which nothing can be found is not damaged.
    var exitStatus: ExitStatus { code == .unknownForm || code == .unreadLinkType ? .refused : .file }
}

extension CryptoError: ExitStatusProviding {
    var exitStatus: ExitStatus { .ownFault }
}

extension HostError: ExitStatusProviding {
    var exitStatus: ExitStatus {
        switch code {
        case .inDoubt, .stillInDoubt, .openTransaction: .inDoubt
        case .noSession: cause.map(vstore.exitStatus) ?? .refused
        case .noFile, .fileExists, .fileUnreachable, .diskFull, .notARecordFile, .fileNewer, .locked, .corrupt,
            .notAKeyFile, .auditBroken, .noKeys:
            .file
        case .cipherFailed, .booksBroken: .ownFault
        default: .refused
        }
    }
}
