/// How a decoder or the core took what it was given. There is no third way.
package enum Reception: String, CaseIterable, Sendable {
    /// It was a value.
    case taken
    /// It was refused, with an error.
    case refused
}

extension Reception {
    init<Value, Failure>(_ result: Result<Value, Failure>) {
        switch result {
        case .success: self = .taken
        case .failure: self = .refused
        }
    }
}
