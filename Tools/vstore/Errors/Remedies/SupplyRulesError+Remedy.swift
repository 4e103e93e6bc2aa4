import SupplyRulesText
import ValueProtocol

extension SupplyRulesError: RemedyProviding {
    var remedy: String {
        switch code {
        case .tooLong: "Use fewer day profiles, seasons or holidays."
        case .malformed, .unexpected, .wrongLength: "Make the rules again with vstore rules show --bytes."
        case .missing: "Add it."
        case .outOfRange: "Use a number that is allowed."
        case .noSuchDate: "Name a date of the calendar."
        case .notAscending: "Put the entries in ascending order."
        case .duplicate: "Give each a number of its own."
        case .noSuchProfile: "Add the day profile, or name another."
        case .noSuchRate: "Add the rate, or name another."
        case .sameMoment: "Let summer time end at another moment than it begins."
        case .notFromMidnight: "Begin the profile at 00:00."
        case .noDays: "Name its days."
        }
    }
}

extension SupplyRulesTextError: RemedyProviding {
    var remedy: String {
        switch code {
        case .notYAML: "Correct the line; docs/supply-rules.schema.json describes the file."
        case .tooLong, .tooManyAliases: "Write each field once."
        case .unknownField: "Remove it, or correct its name."
        case .missingField: "Add it."
        case .wrongValue: "Write it so."
        case .refused: (cause as? SupplyRulesError)?.remedy ?? "Correct it."
        }
    }
}
