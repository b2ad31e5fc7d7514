//! The README shows this example, to the letter.

#[test]
fn the_readme_shows_the_example_as_it_is() {
    let readme = include_str!("../../../README.md");
    let (_, shown) = readme.split_once("```rust").unwrap();
    let (_, shown) = shown.split_once('\n').unwrap();
    let (shown, _) = shown.split_once("```").unwrap();
    let example = include_str!("../src/main.rs");
    let (_, example) = example.split_once("\n\n").unwrap();
    assert_eq!(shown, example);
}
