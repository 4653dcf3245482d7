/// What is wrong with a scenario, where, and what to do.
package struct ScenarioError: Error, Hashable, CustomStringConvertible {
    package let description: String

    /// Of a place in a file.
    init(_ file: String, line: Int?, _ reason: String) {
        description = line.map { "\(file):\($0): \(reason)" } ?? "\(file): \(reason)"
    }
}
