import MeterBench

extension LoadProfileError: RemedyProviding {
    var remedy: String {
        switch code {
        case .noInterval: "Begin with a line such as seconds a row,900 (1 to 86400)."
        case .wrongColumns: "Name them watts,degrees once for each channel."
        case .noRows: "Give it at least one."
        case .wrongCount: "Give each row watts and degrees of each channel."
        case .notANumber: "Write decimals with a point, as in 1250 or -12.5."
        case .outOfRange: "Power goes to 10000000 W, angles go to 180 degrees, to either side."
        case .contradiction:
            "Give power from the line an angle below 90 degrees, and negative power, to the line, one above."
        case .notText: "Save the file as UTF-8."
        }
    }
}
