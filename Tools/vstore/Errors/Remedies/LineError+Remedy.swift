import PowerLine

extension LineError: RemedyProviding {
    var remedy: String {
        switch code {
        case .notServed: "Choose another port, or end what has it."
        case .notReached: "Check the address, and that the meter is powered and on its line."
        case .noDevice: "Check its path, its rights and its speed."
        case .lost: "Repeat when it is back."
        case .noResources: "Close other programs and repeat."
        }
    }
}
