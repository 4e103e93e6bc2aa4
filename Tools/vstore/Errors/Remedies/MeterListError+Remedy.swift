import HeadEnd

extension MeterListError: RemedyProviding {
    var remedy: String {
        switch code {
        case .malformedLine: "Write an identifier and tcp:HOST:PORT or serial:PATH."
        case .repeatedAddress: "A line leads to one meter: name it once."
        }
    }
}

extension MeterListError: ExitStatusProviding {
    var exitStatus: ExitStatus {
        switch code {
        case .malformedLine: .file
        case .repeatedAddress: .usage
        }
    }
}
