# Run at build time: the commit changes without CMake being configured again. Rewrites the file only when it differs.
# -DSOURCE=, -DTEMPLATE=, -DOUTPUT=, -DOPCOST_VERSION=
execute_process(COMMAND git -C "${SOURCE}" rev-parse --short=12 HEAD OUTPUT_VARIABLE OPCOST_COMMIT
                OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  set(OPCOST_COMMIT "")
endif()
configure_file("${TEMPLATE}" "${OUTPUT}" @ONLY)
