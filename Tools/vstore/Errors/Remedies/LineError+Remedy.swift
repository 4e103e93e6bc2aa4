import PowerLine

extension LineError: RemedyProviding {
    var remedy: String {
        switch code {
        case .bindFailed: "Choose another port, or end the program that uses it."
        case .connectFailed: "Check the address, and that the meter is powered and on its line."
        case .noDevice: "Check its path, its permissions and its speed."
        case .lost: "Repeat when it is back."
        case .noResources: "Close other programs and repeat."
        case .stationUnreadable: "Remove the file: the meter takes a station from its unit again."
        case .stationNotKept: "Make room or mend the permissions there: until then the meter takes no station."
        }
    }
}
