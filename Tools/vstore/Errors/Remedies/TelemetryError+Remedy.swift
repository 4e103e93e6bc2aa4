import Telemetry

extension TelemetryError: RemedyProviding {
    var remedy: String {
        switch code {
        case .notLoopback: "Write an address of this machine alone, as 127.0.0.1:9464: metrics travel in clear."
        case .bindFailed: "Choose another port."
        }
    }
}
