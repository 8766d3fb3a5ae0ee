// The binary `mofa`.
#include "server/app/cli.hpp"

int main(int argc, char** argv) { return mofa::app::run(argc, argv); }
