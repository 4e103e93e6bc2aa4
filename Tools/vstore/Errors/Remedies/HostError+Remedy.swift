import Ledger
import Records

extension HostError: RemedyProviding {
    var remedy: String {
        switch code {
        case .noFile: "Check the path, or create the file first."
        case .fileExists: "Choose another path."
        case .fileUnreachable: "Check its folder, its owner, its permissions and the space on its disk."
        case .diskFull: "Nothing was written in part. \(FullDisk.remedy)"
        case .notARecordFile: "Name the host's record file."
        case .fileNewer: "Use that version, or a later one."
        case .locked: "Wait for it or end it, and repeat."
        case .corrupt: "Keep it as it is, and go back to the last backup."
        case .wrongAuditKey: "Open it with the key file that it was created with."
        case .auditBroken: "Somebody changed the file: compare it with a backup and receipts."
        case .notAKeyFile: "Name the host's key file."
        case .notAuthentic: "The passphrase is wrong, or the file was altered: try again, or use a backup."
        case .cipherFailed: "Free memory, or install OpenSSL 3.0 or later, and repeat."
        case .noSession: "Fix the cause and repeat."
        case .notSealed: "Fix the cause and repeat the order."
        case .inDoubt: "It is resolved automatically at the next contact with this element."
        case .stillInDoubt: "Repeat with the same element."
        case .openTransaction:
            "Contact the element once; if it is not available any more, resolve it with vstore card resolve."
        case .noSuchTransaction: "List the transactions."
        case .notResolvable: "Contact the element; only what it cannot answer is resolved by a person."
        case .otherOrder: "Give each order its own reference."
        case .numbersUsedUp: "Replace the element."
        case .booksBroken: "Verify the audit trail and compare the receipts."
        case .wrongStatus: "See its status in the records."
        case .contradicted:
            "Its proof is in the audit trail: compare it with what was resolved, and correct the account."
        case .recordsBehind:
            "Restore the newest backup of the records. Where there is none, vstore host recover asks meters, and vstore "
                + "card recover cards, and orders go on above their numbers."
        case .recordsMissing, .recordsChanged:
            "Restore the newest backup of the records. Where there is none, vstore host recover takes them as they are."
        case .booksRefuse:
            (cause as? LedgerError)?.remedy ?? "See what differs with vstore host check, and have it resolved first."
        case .recordsElsewhere: "Leave --database out, or move the records with vstore host migrate."
        case .databaseUnreachable: "Check the address and the server, and repeat; what was in doubt is asked then."
        case .onOtherServers:
            "Take a card or meter whose records are on the same server as the other's."
        case .spreadInvalid: "Correct the file: every shard from 0 to 255 has one server."
        case .otherSpread:
            "Name the file with the servers as they were at first; their numbers and shards stay."
        case .shardHeld:
            "Give the order to that process, or repeat it when that one has ended or given the elements back."
        case .noKeys: "Make them with vstore key ceremony --to file."
        }
    }
}
