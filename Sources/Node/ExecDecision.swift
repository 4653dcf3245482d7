import FoundationEssentials
import Tickets

/// A decision as a program writes it; ``ExecHandler`` documents the form.
struct ExecDecision: Decodable {
    private enum Word: String, Decodable {
        case resolve, pend, escalate
        case handBack = "hand-back"
        case release, decline

        /// The keys that make sense beside `decision` and `notes`.
        var keys: Set<String> {
            switch self {
            case .resolve: ["reply"]
            case .pend: ["reply", "onHold", "wakeAfterMs", "reason"]
            case .escalate: ["note", "to", "budgetMs"]
            case .handBack: ["note"]
            case .release: ["reason", "failed"]
            case .decline: ["reason"]
            }
        }
    }

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(_ text: String) {
            stringValue = text
        }

        init?(stringValue: String) {
            self.stringValue = stringValue
        }

        init?(intValue: Int) {
            nil
        }
    }

    private struct FieldText: Decodable {
        var name: String
        var value: String
    }

    private let decision: Decision

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        let word = try values.decode(Word.self, forKey: Key("decision"))
        let known = word.keys.union(["decision", "notes", "fields"])
        if values.allKeys.contains(where: { !known.contains($0.stringValue) }) {
            let keys = known.sorted().joined(separator: ", ")
            throw ExecError.noDecision("`\(word.rawValue)` takes no key but \(keys)")
        }
        func text(_ key: String) throws -> String? {
            try values.decodeIfPresent(String.self, forKey: Key(key))
        }
        let outcome: Decision.Outcome
        switch word {
        case .resolve:
            outcome = .resolve(reply: try text("reply"))
        case .pend:
            outcome = .pend(
                reply: try text("reply"),
                onHold: try values.decodeIfPresent(Bool.self, forKey: Key("onHold")) ?? false,
                wakeAfterMilliseconds: try values.decodeIfPresent(Int64.self, forKey: Key("wakeAfterMs")),
                reason: try text("reason") ?? "")
        case .escalate:
            let line = try text("to")
            let name = line.flatMap { Name($0) }
            guard line == nil || name != nil else { throw ExecError.noDecision("`to` is no name of a line") }
            let budget = try values.decodeIfPresent(Int64.self, forKey: Key("budgetMs"))
            guard budget.map({ $0 > 0 }) != false else {
                throw ExecError.noDecision("`budgetMs` is a number of milliseconds above 0")
            }
            outcome = .escalate(
                note: try values.decode(String.self, forKey: Key("note")), to: name, budget: budget)
        case .handBack:
            outcome = .handBack(note: try values.decode(String.self, forKey: Key("note")))
        case .release:
            outcome = .release(
                reason: try values.decode(String.self, forKey: Key("reason")),
                failed: try values.decodeIfPresent(Bool.self, forKey: Key("failed")) ?? false)
        case .decline:
            outcome = .decline(reason: try values.decode(String.self, forKey: Key("reason")))
        }
        var decision = Decision(
            outcome, notes: try values.decodeIfPresent([String].self, forKey: Key("notes")) ?? [])
        let fields = try values.decodeIfPresent([FieldText].self, forKey: Key("fields")) ?? []
        decision.fields = fields.map { Field(name: $0.name, value: $0.value) }
        self.decision = decision
    }

    /// Reads what a program wrote. Total: any bytes give a decision or ``ExecError/noDecision(_:)``.
    static func parse(_ bytes: [UInt8]) throws(ExecError) -> Decision {
        guard !bytes.isEmpty else { throw .noDecision("there is none") }
        // Checked first: a decoder might repair what is not UTF-8.
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .noDecision("it is not UTF-8") }
        do {
            return try JSONDecoder().decode(ExecDecision.self, from: Data(bytes)).decision
        } catch let error as ExecError {
            throw error
        } catch let error as DecodingError {
            throw .noDecision(what(error))
        } catch {
            throw .noDecision("it is no JSON object")
        }
    }

    /// What is wrong, by the keys alone: values may be a customer's words.
    private static func what(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, _): "`\(key.stringValue)` is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            what(context, "is of the wrong type")
        case .dataCorrupted(let context): what(context, "has no value that is known")
        @unknown default: "it is no JSON object"
        }
    }

    private static func what(_ context: DecodingError.Context, _ problem: String) -> String {
        let path = context.codingPath.map(\.stringValue).joined(separator: ".")
        return path.isEmpty ? "it is no JSON object" : "`\(path)` \(problem)"
    }
}
