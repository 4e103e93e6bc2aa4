import CardCrypto
import CardRelay
import CardScript
import CardTrace
import ContactInterface
import DurableFiles
import GlobalPlatform
import Grid
import HeadEnd
import ISO7816
import Issuing
import Ledger
import Meter
import MeterBench
import NetworkIdentity
import PowerLine
import Records
import SupplyRulesText
import Telemetry
import ValueElement
import ValueProtocol

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
        case .noService, .notAllowed, .noReader, .unknownReader, .ambiguousReader, .readerUnavailable, .relayNotReached,
            .noDriver,
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
        case .noAnswer: isOfCardFile(cause) ? .file : .unreachable
        case .authorityFailed: cause.map(vstore.exitStatus) ?? .ownFault
        default: .refused
        }
    }
}

extension MasterKeyError: ExitStatusProviding {
    var exitStatus: ExitStatus {
        guard code == .noAnswer else { return .refused }
        return isOfCardFile(cause) ? .file : .unreachable
    }
}

/// Whether an emulated card gave no answer since its file could not be used.
private func isOfCardFile(_ cause: (any Error)?) -> Bool { (cause as? CardError)?.exitStatus == .file }

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
        case .journal: cause.map(vstore.exitStatus) ?? .file
        case .records: cause.map(vstore.exitStatus) ?? .file
        default: .refused
        }
    }
}

extension JournalError: ExitStatusProviding {
    var exitStatus: ExitStatus { (cause as? HostError)?.exitStatus ?? .file }
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
        // The master-key card may be a file that cannot be written.
        case .notSealed: cause.map(vstore.exitStatus) == .file ? .file : .refused
        case .databaseUnreachable: .unreachable
        case .noFile, .fileExists, .fileUnreachable, .diskFull, .notARecordFile, .fileNewer, .locked, .corrupt,
            .notAKeyFile, .auditBroken, .noKeys:
            .file
        case .cipherFailed, .booksBroken: .ownFault
        default: .refused
        }
    }
}

extension LedgerError: ExitStatusProviding {
    var exitStatus: ExitStatus {
        switch code {
        case .openTransaction: .inDoubt
        case .factOutOfOrder: .file
        default: .refused
        }
    }
}

extension GlobalPlatformError: ExitStatusProviding {
    var exitStatus: ExitStatus {
        switch code {
        case .noCryptography: .ownFault
        case .noAnswer: cause.map(vstore.exitStatus) ?? .unreachable
        // Of both it is unknown which keys the card has.
        case .keyChangeInDoubt, .checkValueDiffers: .inDoubt
        default: .refused
        }
    }
}

extension DataFault: ExitStatusProviding {
    var exitStatus: ExitStatus { .refused }
}

extension InterindustryError: ExitStatusProviding {
    var exitStatus: ExitStatus { code == .noAnswer ? cause.map(vstore.exitStatus) ?? .unreachable : .refused }
}

extension MemoryCardError: ExitStatusProviding {
    var exitStatus: ExitStatus { code == .noAnswer ? cause.map(vstore.exitStatus) ?? .unreachable : .refused }
}

extension BenchError: ExitStatusProviding {
    var exitStatus: ExitStatus {
        switch code {
        case .notACommand, .noCardNamed: .usage
        case .exists, .folderNotMade, .unreadable, .notWritten, .notEnvironment: .file
        }
    }
}

extension LoadProfileError: ExitStatusProviding {
    var exitStatus: ExitStatus { .file }
}

extension RelayFailure: ExitStatusProviding {
    var exitStatus: ExitStatus { .unreachable }
}

extension IdentityError: ExitStatusProviding {
    var exitStatus: ExitStatus {
        switch code {
        case .badName: .usage
        case .cryptography: .ownFault
        default: .file
        }
    }
}

extension MeterError: ExitStatusProviding {
    var exitStatus: ExitStatus {
        switch code {
        case .memory, .notAMeter: .file
        case .interrupted: .inDoubt
        default: .refused
        }
    }
}

extension LineError: ExitStatusProviding {
    var exitStatus: ExitStatus { .unreachable }
}

extension SpyError: ExitStatusProviding {
    var exitStatus: ExitStatus { code == .noHome ? .usage : .file }
}

extension SupplyRulesError: ExitStatusProviding {
    var exitStatus: ExitStatus { .refused }
}

extension SupplyRulesTextError: ExitStatusProviding {
    var exitStatus: ExitStatus { .file }
}

extension TariffEntryError: ExitStatusProviding {
    var exitStatus: ExitStatus { .usage }
}

extension TrunkError: ExitStatusProviding {
    var exitStatus: ExitStatus {
        switch code {
        case .credentialsUnusable: .file
        default: .unreachable
        }
    }
}

extension TelemetryError: ExitStatusProviding {
    var exitStatus: ExitStatus {
        switch code {
        case .notLoopback: .usage
        case .bindFailed: .unreachable
        }
    }
}

extension UnitError: ExitStatusProviding {
    var exitStatus: ExitStatus { .file }
}
