import ArgumentParser
import Yams

/// A part of a configuration file: whatever it does not know is an error.
protocol RoleFilePart: Codable {
    associatedtype CodingKeys: CodingKey & CaseIterable
}

/// A ``RoleFilePart`` as it is read: its keys are compared with those that it knows first.
struct Strict<Part: RoleFilePart>: Codable {
    var value: Part

    init(_ value: Part) {
        self.value = value
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: AnyKey.self)
        let known = Part.CodingKeys.allCases.map(\.stringValue)
        for key in container.allKeys where !known.contains(key.stringValue) {
            let place = (decoder.codingPath.map(\.stringValue) + [key.stringValue]).joined(separator: ".")
            throw UnknownKey(place: place, known: known)
        }
        value = try Part(from: decoder)
    }

    func encode(to encoder: any Encoder) throws {
        try value.encode(to: encoder)
    }
}

private struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) {
        self.stringValue = stringValue
    }

    init?(intValue: Int) {
        nil
    }
}

private struct UnknownKey: Error {
    var place: String
    var known: [String]
}

enum RoleFile {
    /// Reads a YAML file; what is wrong with it is told with its name.
    static func read<Part: RoleFilePart>(_ path: String, as: Part.Type) throws -> Part {
        let text = try TextFile.read(path)
        do {
            // A file of nothing but remarks says nothing.
            guard try compose(yaml: text) != nil else {
                return try YAMLDecoder().decode(Part.self, from: "{}")
            }
            return try YAMLDecoder().decode(Strict<Part>.self, from: text).value
        } catch let error as DecodingError {
            throw Failure(.usage, "\(path): \(explain(error))")
        } catch {
            throw Failure(.usage, "\(path): \(Failure.oneLine("\(error)"))")
        }
    }

    private static func explain(_ error: DecodingError) -> String {
        switch error {
        case .dataCorrupted(let context):
            if let yaml = context.underlyingError { return Failure.oneLine("\(yaml)") }
            return "`\(place(context))`: \(context.debugDescription)"
        case .keyNotFound(let key, let context):
            let path = (context.codingPath.map(\.stringValue) + [key.stringValue]).joined(separator: ".")
            return "`\(path)` is missing"
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            return "`\(place(context))` must be \(word(for: type))"
        @unknown default: return Failure.oneLine("\(error)")
        }
    }

    private static func place(_ context: DecodingError.Context) -> String {
        context.codingPath.isEmpty ? "the file" : context.codingPath.map(\.stringValue).joined(separator: ".")
    }

    private static func word(for type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a text"
        case is Bool.Type: "true or false"
        case is Int.Type, is Int64.Type, is UInt64.Type, is UInt32.Type: "a whole number"
        case is Double.Type: "a number"
        default: "of the right form: a list of values, or `key: value` lines"
        }
    }
}

extension UnknownKey: CustomStringConvertible {
    var description: String {
        "there is no key `\(place)`; known are \(known.sorted().joined(separator: ", "))"
    }
}

/// What the three roles have in common.
struct RoleOptions: ParsableArguments {
    @Option(
        name: .long, help: "A YAML file of this role's settings; options override it.", completion: .file())
    var config: String?

    @Flag(name: .long, help: "Drain when the process that started this one has ended.")
    var exitWithParent = false

    @Option(name: .long, help: "Log level: trace, debug, info, notice, warning or error.")
    var logLevel = "info"

    /// The file's settings, or none.
    func file<Part: RoleFilePart>(_ type: Part.Type) throws -> Part {
        guard let config else { return try YAMLDecoder().decode(Part.self, from: "{}") }
        return try RoleFile.read(config, as: type)
    }
}
