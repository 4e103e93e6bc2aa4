import ValueProtocol

extension TariffEntryError: RemedyProviding {
    var remedy: String {
        switch code {
        case .wrongForm: "Write it so."
        case .wrongDays: "Write them as in mon-fri, sat,sun or daily."
        case .wrongTime: "Write hours and minutes, as in 07:00."
        case .wrongPercentage: "Write the percentage without a sign, as in 150."
        }
    }
}
