import ArgumentParser
import Broker
import Client
import Coordinator
import Foundation
import Glibc
import Keys
import Node
import Storage
import Tickets
import Web
import ZeroMQ

/// Why a command ends without success: one line that says what happened, to what, and what to do.
struct Failure: Error, CustomStringConvertible {
    var status: ExitStatus
    var reason: String

    init(_ status: ExitStatus, _ reason: String) {
        self.status = status
        self.reason = reason
    }

    var description: String { reason }

    /// Gives every error that may come out of the modules its exit code.
    init(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case ClientError.socket(let error): self.init(error)
        case let error as ClientError: self.init(Self.status(of: error), error.description)
        case let refusal as Refusal: self.init(Self.status(of: refusal), refusal.description)
        case let error as KeyError: self.init(Self.status(of: error), error.description)
        case let error as StoreError: self.init(Self.status(of: error), error.description)
        case let error as ZeroMQError: self.init(error)
        case let error as LockError: self.init(.notPermitted, "\(error)")
        case let error as CoordinatorError: self.init(Self.status(of: error), error.description)
        case let error as WebError: self.init(.unavailable, error.description)
        case let error as NodeError: self.init(Self.status(of: error), error.description)
        default: self.init(.inputOutput, Self.oneLine("\(error)"))
        }
    }

    init(_ error: ZeroMQError) {
        let place = error.endpoint ?? "the endpoint"
        switch error.code {
        case EADDRINUSE:
            self.init(
                .unavailable,
                "\(place) is in use: stop what listens there, or choose another port (0 takes a free one)")
        case EADDRNOTAVAIL, ENODEV:
            self.init(.unavailable, "\(place) is no address of this machine: correct the endpoint")
        case EACCES:
            self.init(.notPermitted, "\(place) may not be opened by this user: choose a port above 1023")
        case EINVAL, EPROTONOSUPPORT:
            self.init(.usage, "\(place) is no endpoint: write it like tcp://127.0.0.1:7601")
        default: self.init(.inputOutput, "\(error)")
        }
    }

    private static func status(of error: ClientError) -> ExitStatus {
        switch error {
        case .nothingListens, .wrongServer, .otherMechanism: .unavailable
        case .keyRefused: .notPermitted
        case .noAnswer, .outcomeUnknown: .temporary
        case .noServerKey: .noInput
        case .refused(let refusal): status(of: refusal)
        case .socket(let error): Failure(error).status
        }
    }

    private static func status(of refusal: Refusal) -> ExitStatus {
        if refusal.code == .notAuthorised { return .notPermitted }
        return refusal.code.isRetryable ? .temporary : .refused
    }

    private static func status(of error: KeyError) -> ExitStatus {
        switch error {
        case .missing, .unknownName: .noInput
        case .exists: .cannotCreate
        case .tooOpen: .notPermitted
        case .malformed, .serverKey, .notServer: .usage
        case .notRetired: .refused
        case .inputOutput(_, "mkdir", _): .cannotCreate
        case .inputOutput, .noKeyPair: .inputOutput
        }
    }

    private static func status(of error: StoreError) -> ExitStatus {
        switch error.kind {
        case .unusable: .noInput
        case .inUse: .unavailable
        case .diskFull, .inputOutput, .corrupt: .inputOutput
        }
    }

    private static func status(of error: CoordinatorError) -> ExitStatus {
        switch error {
        case .endpointInUse: .unavailable
        case .noBrokerKey: .noInput
        case .zapHandlerEnded: .inputOutput
        }
    }

    private static func status(of error: NodeError) -> ExitStatus {
        switch error {
        case .dismissed(_, let refusal): status(of: refusal)
        case .noServerKey: .noInput
        }
    }

    /// For errors of others, which may be of several lines.
    static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}

extension Failure {
    /// Checks arguments in a `validate()`, where only an error of the parser's own counts as a wrong argument.
    static func asValidation(_ check: () throws -> Void) throws {
        do {
            try check()
        } catch let failure as Failure {
            throw ValidationError(failure.reason)
        }
    }

    /// Says what is wrong, in one line on standard error, and ends the process.
    static func exit(with error: any Error) -> Never {
        let parserCode = Switchboard.exitCode(for: error)
        // Help and versions that were asked for.
        if parserCode == .success { Switchboard.exit(withError: error) }
        if let code = error as? ExitCode { Glibc.exit(code.rawValue) }
        guard parserCode == .validationFailure else {
            let failure = Failure(error)
            Terminal.note("switchboard: \(failure.reason)")
            Glibc.exit(failure.status.rawValue)
        }
        // What is wrong, and the command whose help says how it is right.
        let see = Switchboard.fullMessage(for: error).split(separator: "\n").last.map(String.init) ?? ""
        let hint = see.contains("--help") ? "; s\(see.trimmingCharacters(in: .whitespaces).dropFirst())" : ""
        let message = oneLine(Switchboard.message(for: error))
        Terminal.note("switchboard: \(message.hasSuffix(".") ? String(message.dropLast()) : message)\(hint)")
        Glibc.exit(ExitStatus.usage.rawValue)
    }
}
